"""The description of the API: the OpenAPI document, and a page that shows it without any script."""
