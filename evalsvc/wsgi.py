"""The application object that gunicorn loads; its configuration comes from the environment."""

from evalsvc.app import create_app
from evalsvc.config import read_config

application = create_app(read_config())
