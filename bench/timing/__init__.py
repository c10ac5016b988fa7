"""What each detector costs as rows and features grow, on the CPU and on a GPU: the verb ``time``."""
