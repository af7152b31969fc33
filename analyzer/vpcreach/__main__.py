"""`python -m vpcreach`: the same as the command `vpcreach`."""

from vpcreach.cli import main

if __name__ == "__main__":
    main()
