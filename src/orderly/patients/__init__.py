"""People who are treated: one record per person in the organisation, registered with the clinics that know them."""
