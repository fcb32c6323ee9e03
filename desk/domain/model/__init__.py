"""What there is: fields, records, kinds, changes, states."""
