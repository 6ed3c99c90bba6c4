"""Measurements that people repeat by hand; nothing here is needed to run Tomoni."""
