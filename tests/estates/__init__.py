"""Small AWS networks, drawn by a builder that prints what the AWS CLI would print about them."""
