"""What each detector costs as rows and features grow, on the CPU and on a GPU, and what its library takes for
the same: the verb ``time``.
"""
