"""Tables that answer one question each, one file a study."""
