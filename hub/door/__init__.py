"""The plug-in door: what comes in (`feed`), by which hooks (`hookspecs`), and how (`manager`)."""
