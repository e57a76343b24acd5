#!/bin/bash
# Stands where mongo:8 has its shell, for the healthcheck that compose.yaml asks it for: whether the server takes connections.
exec 3<>/dev/tcp/127.0.0.1/27017
