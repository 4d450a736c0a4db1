import sys

from orderly.cli.main import main

sys.exit(main())
