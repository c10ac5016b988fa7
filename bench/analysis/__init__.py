"""From stored runs to tables: nothing here runs a detector."""
