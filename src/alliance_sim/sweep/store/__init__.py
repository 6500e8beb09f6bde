"""A results folder that outlives whoever writes to it.

The content of a row is a function of the plan and of the row's number alone. So nothing here has
to be right about who does what: two runners that compute the same rows write the same bytes, and
locks only keep them from doing work twice. What a kill can tear is told by its checksum.
"""
