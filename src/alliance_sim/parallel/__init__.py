"""Work spread over processes, threads or a cluster: the only room that starts workers."""
