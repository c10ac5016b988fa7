"""Tools for plugin authors: the contract of a detector as checks that run, and files to start from."""
