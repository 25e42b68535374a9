"""What ms-swift runs, by its path: `python -m sdtool integrations swift` prints it.

It has a folder of its own because ms-swift puts the folder of a plugin first among those that modules are
looked for in, and `trl` and `inspect` shall not be ours there.
"""

from sdtool.integrations.swift import register

register()
