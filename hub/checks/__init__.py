"""Checks: how they are declared (`base`), run (`run`) and tolerated (`waivers`)."""
