# a new route

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

resource "aws_route" "rtb_app" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = "nat-1"
}


# a route to every kind of target

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

resource "aws_route" "rtb_app" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "10.0.0.0/16"
  gateway_id             = "igw-1"
}

resource "aws_route" "rtb_app_2" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "10.1.0.0/16"
  gateway_id             = "vgw-1"
}

resource "aws_route" "rtb_app_3" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "10.2.0.0/16"
  nat_gateway_id         = "nat-1"
}

resource "aws_route" "rtb_app_4" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "10.3.0.0/16"
  transit_gateway_id     = "tgw-1"
}

resource "aws_route" "rtb_app_5" {
  route_table_id            = "rtb-app"
  destination_cidr_block    = "10.4.0.0/16"
  vpc_peering_connection_id = "pcx-1"
}

resource "aws_route" "rtb_app_6" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "10.5.0.0/16"
  network_interface_id   = "eni-1"
}

resource "aws_route" "rtb_app_7" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "10.6.0.0/16"
  vpc_endpoint_id        = "vpce-1"
}

resource "aws_route" "rtb_app_8" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "10.7.0.0/16"
  core_network_arn       = "arn:aws:networkmanager::111122223333:core-network/core-network-0123456789abcdef0"
}


# routes for IPv6 and for a prefix list

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

resource "aws_route" "rtb_app" {
  route_table_id              = "rtb-app"
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = "eigw-1"
}

resource "aws_route" "rtb_app_2" {
  route_table_id             = "rtb-app"
  destination_prefix_list_id = "pl-1"
  transit_gateway_id         = "tgw-1"
}


# a route pointed elsewhere

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

# Change the aws_route that exists (to igw-1); import it as
# rtb-app_0.0.0.0/0 where Terraform does not manage it yet.
resource "aws_route" "rtb_app" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = "nat-1"
}


# a route removed

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

# Remove the aws_route to 0.0.0.0/0 of rtb-app; where Terraform does not manage it, use the AWS CLI.

# Remove the aws_route to ::/0 of rtb-app; where Terraform does not manage it, use the AWS CLI.


# a subnet under a table

resource "aws_route_table_association" "subnet_app_a" {
  subnet_id      = "subnet-app-a"
  route_table_id = "rtb-out"
}


# a subnet under another table

# Change the association of subnet-app-a that exists (with rtb-app):
resource "aws_route_table_association" "subnet_app_a" {
  subnet_id      = "subnet-app-a"
  route_table_id = "rtb-out"
}


# rules of every shape

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

resource "aws_vpc_security_group_egress_rule" "sg_app" {
  security_group_id = "sg-app"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "sg_app_2" {
  security_group_id = "sg-app"
  ip_protocol       = "udp"
  from_port         = 1024
  to_port           = 65535
  cidr_ipv6         = "::/0"
}

resource "aws_vpc_security_group_egress_rule" "sg_app_3" {
  security_group_id = "sg-app"
  ip_protocol       = "tcp"
  from_port         = 0
  to_port           = 65535
  prefix_list_id    = "pl-1"
}

resource "aws_vpc_security_group_egress_rule" "sg_app_4" {
  security_group_id = "sg-app"
  ip_protocol       = "-1"
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_vpc_security_group_ingress_rule" "sg_app" {
  security_group_id = "sg-app"
  ip_protocol       = "icmp"
  from_port         = -1
  to_port           = -1
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_vpc_security_group_egress_rule" "sg_app_5" {
  security_group_id = "sg-app"
  ip_protocol       = "50"
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_vpc_security_group_egress_rule" "sg_app_6" {
  security_group_id            = "sg-app"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = "sg-db"
}

resource "aws_vpc_security_group_ingress_rule" "sg_app_2" {
  security_group_id            = "sg-app"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = "sg-db"
}

resource "aws_vpc_security_group_ingress_rule" "sg_app_3" {
  security_group_id            = "sg-app"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = "444455556666/sg-far"
}


# rules removed

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

# Remove the aws_vpc_security_group_egress_rule of sg-app for outbound all traffic to 0.0.0.0/0;
# where Terraform does not manage it, use the AWS CLI.

# Remove the aws_vpc_security_group_ingress_rule of sg-app for inbound tcp/5432 from sg-db;
# where Terraform does not manage it, use the AWS CLI.


# entries of every shape

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

resource "aws_network_acl_rule" "acl_app" {
  network_acl_id = "acl-app"
  rule_number    = 90
  egress         = true
  protocol       = "6"
  rule_action    = "deny"
  cidr_block     = "0.0.0.0/0"
  from_port      = 443
  to_port        = 443
}

resource "aws_network_acl_rule" "acl_app_2" {
  network_acl_id = "acl-app"
  rule_number    = 110
  egress         = false
  protocol       = "6"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
  from_port      = 1024
  to_port        = 65535
}

resource "aws_network_acl_rule" "acl_app_3" {
  network_acl_id = "acl-app"
  rule_number    = 111
  egress         = true
  protocol       = "17"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
  from_port      = 0
  to_port        = 65535
}

resource "aws_network_acl_rule" "acl_app_4" {
  network_acl_id  = "acl-app"
  rule_number     = 112
  egress          = true
  protocol        = "-1"
  rule_action     = "allow"
  ipv6_cidr_block = "::/0"
}

resource "aws_network_acl_rule" "acl_app_5" {
  network_acl_id = "acl-app"
  rule_number    = 113
  egress         = true
  protocol       = "1"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
  icmp_type      = -1
  icmp_code      = -1
}

resource "aws_network_acl_rule" "acl_app_6" {
  network_acl_id  = "acl-app"
  rule_number     = 114
  egress          = true
  protocol        = "58"
  rule_action     = "allow"
  ipv6_cidr_block = "::/0"
  icmp_type       = -1
  icmp_code       = -1
}

resource "aws_network_acl_rule" "acl_app_7" {
  network_acl_id = "acl-app"
  rule_number    = 115
  egress         = true
  protocol       = "50"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
}


# entries removed

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

# Remove the aws_network_acl_rule 90 (ingress) of acl-app; where Terraform does not manage it, use the AWS CLI.

# Remove the aws_network_acl_rule 100 (egress) of acl-app; where Terraform does not manage it, use the AWS CLI.


# a gateway attached

resource "aws_internet_gateway_attachment" "igw_1" {
  internet_gateway_id = "igw-1"
  vpc_id              = "vpc-main"
}


# a new NAT gateway

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

resource "aws_eip" "nat_new" {
  domain = "vpc"
}

resource "aws_nat_gateway" "nat_new" {
  subnet_id     = "subnet-public-a"
  allocation_id = aws_eip.nat_new.allocation_id
}

resource "aws_route" "rtb_app" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.nat_new.id
}

# Change the aws_route that exists (to nat-gone); import it as
# rtb-out_0.0.0.0/0 where Terraform does not manage it yet.
resource "aws_route" "rtb_out" {
  route_table_id         = "rtb-out"
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.nat_new.id
}


# a VPC without any gateway

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

resource "aws_internet_gateway" "igw_new" {
  vpc_id = "vpc-main"
}

resource "aws_nat_gateway" "nat_new" {
  vpc_id            = "vpc-main"
  availability_mode = "regional"
  depends_on        = [aws_internet_gateway.igw_new]
}

resource "aws_route" "rtb_app" {
  route_table_id         = "rtb-app"
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.nat_new.id
}


# an egress-only gateway

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

resource "aws_egress_only_internet_gateway" "eigw_new" {
  vpc_id = "vpc-main"
}

resource "aws_route" "rtb_app" {
  route_table_id              = "rtb-app"
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.eigw_new.id
}


# a gateway endpoint

resource "aws_vpc_endpoint" "vpce_new_s3" {
  vpc_id            = "vpc-main"
  service_name      = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = ["rtb-app", "rtb-out"]
}


# more tables of a gateway endpoint

resource "aws_vpc_endpoint_route_table_association" "rtb_app" {
  vpc_endpoint_id = "vpce-s3"
  route_table_id  = "rtb-app"
}

resource "aws_vpc_endpoint_route_table_association" "rtb_out" {
  vpc_endpoint_id = "vpce-s3"
  route_table_id  = "rtb-out"
}


# an interface endpoint

# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes
# what stands beside them as resources of their own.

resource "aws_security_group" "sg_new" {
  name        = "sqs-endpoint"
  description = "sqs-endpoint"
  vpc_id      = "vpc-main"
}

resource "aws_vpc_security_group_ingress_rule" "sg_new" {
  security_group_id            = aws_security_group.sg_new.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = "sg-app"
}

resource "aws_vpc_endpoint" "vpce_new_sqs" {
  vpc_id              = "vpc-main"
  service_name        = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = ["subnet-app-a", "subnet-app-b"]
  security_group_ids  = [aws_security_group.sg_new.id]
  private_dns_enabled = true
}

resource "aws_vpc_security_group_egress_rule" "sg_app" {
  security_group_id            = "sg-app"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.sg_new.id
}


# an interface endpoint for S3

resource "aws_vpc_endpoint" "vpce_new_s3" {
  vpc_id              = "vpc-main"
  service_name        = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = ["subnet-app-a"]
  security_group_ids  = ["sg-app"]
  private_dns_enabled = true

  dns_options {
    private_dns_only_for_inbound_resolver_endpoint = false
  }
}


# a policy widened

# The policy of vpce-s3 as it stands, with what is allowed besides:
resource "aws_vpc_endpoint_policy" "vpce_s3" {
  vpc_endpoint_id = "vpce-s3"
  policy = jsonencode({
    "Version": "2012-10-17",
    "Statement": [
      {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::home/$${aws:username}/it's/*"
      },
      {
        "Effect": "Allow",
        "Principal": "*",
        "Action": [
          "s3:*"
        ],
        "Resource": [
          "arn:aws:s3:::photos",
          "arn:aws:s3:::photos/*"
        ]
      },
      {
        "Effect": "Allow",
        "Principal": "*",
        "Action": [
          "s3:GetObject"
        ],
        "Resource": [
          "arn:aws:s3:::layers/*"
        ]
      }
    ]
  })
}


# DNS switched on

# Change the aws_vpc vpc-main that exists:
resource "aws_vpc" "vpc_main" {
  enable_dns_support   = true
  enable_dns_hostnames = true
}


# a function moved

# Change vpc_config of the aws_lambda_function orders that exists:
resource "aws_lambda_function" "orders" {
  vpc_config {
    subnet_ids         = ["subnet-app-a", "subnet-app-b"]
    security_group_ids = ["sg-app", "sg-db"]
  }
}


# a function moved, with IPv6

# Change vpc_config of the aws_lambda_function orders that exists:
resource "aws_lambda_function" "orders" {
  vpc_config {
    subnet_ids                  = ["subnet-app-b"]
    security_group_ids          = ["sg-app"]
    ipv6_allowed_for_dual_stack = true
  }
}


# a route in a hub

resource "aws_ec2_transit_gateway_route" "tgw_rtb_hub" {
  transit_gateway_route_table_id = "tgw-rtb-hub"
  destination_cidr_block         = "10.1.0.0/16"
  transit_gateway_attachment_id  = "tgw-attach-data"
}


# a route in a hub pointed elsewhere

# Change the aws_ec2_transit_gateway_route that exists (to tgw-attach-old):
resource "aws_ec2_transit_gateway_route" "tgw_rtb_hub" {
  transit_gateway_route_table_id = "tgw-rtb-hub"
  destination_cidr_block         = "10.1.0.0/16"
  transit_gateway_attachment_id  = "tgw-attach-data"
}


# guards

resource "aws_vpc_block_public_access_exclusion" "vpc_main" {
  vpc_id                          = "vpc-main"
  internet_gateway_exclusion_mode = "allow-egress"
}

# Change the aws_vpc_encryption_control vpcec-main that exists:
resource "aws_vpc_encryption_control" "vpcec_main" {
  nat_gateway_exclusion      = "enable"
  internet_gateway_exclusion = "enable"
}
