"""The pure core: no clock, disk, environment, network, threads or third-party packages."""
