"""Measurements that people repeat by hand, a script each that says how; nothing here is needed to run Tomoni."""
