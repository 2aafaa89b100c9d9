"""From corpus/ to build/: segments, entities, concerns and the report; `python -m pipeline --help`."""

import os

# onnxruntime's packages report each process to their maker and keep a device's id in the user's cache, since version
# 1.32 on all systems (github.com/microsoft/onnxruntime/pull/27379). Nothing of a pad is in it, but Padharvest works
# offline, and this is the way out that leaves no trace; it must stand before the first import. The second name is
# that of earlier versions.
os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"
