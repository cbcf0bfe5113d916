"""The demonstration's agencies, desks and staff: names of offices public, of people invented.

Nothing here is confirmed: no agency has been asked, no telephone but the public emergency numbers
is real, and no shelter has an address.
"""
