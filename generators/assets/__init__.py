"""What the engines ship with: drawings, palettes, fonts and small networks. Where each comes from: THIRD_PARTY.md."""
