"""The answers as a feed for BI tools: OData 4.0, always de-identified."""
