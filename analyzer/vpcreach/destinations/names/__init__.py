"""What a name means inside a VPC: one file for each thing that may stand between a client and the ordinary answer.

A lookup meets, in this order: the DHCP options (custom servers), enableDnsSupport, the DNS firewall, then whichever
resolver rule or private hosted zone has the longest domain that covers the name. `order.py` puts them together.
"""
