"""The functions of OpenRosa's XPath, beside those of XPath 1.0 itself."""
