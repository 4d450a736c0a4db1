"""The screens: one folder for each, with its addresses, views and forms; templates and static files beside them."""
