"""Sets of packets, exactly and cheaply; knows no AWS.

`ports` cuts TCP and UDP ports into atoms no rule tells apart, so that a set of ports is an int.
`address_map` holds sets of addresses, and functions that are constant on pieces of the address line.
`packet_set` holds what is left of a question after some gates, and picks one concrete packet out of it.
"""
