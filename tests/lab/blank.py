"""A page without content, for tests that need no browser; the one that ships is made by Node."""

PAGE = b"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; worker-src blob:" />
  </head>
  <script type="text/plain" id="lab-payload"></script>
  <script type="text/plain" id="lab-simd"></script>
  <script type="text/plain" id="lab-scalar"></script>
</html>
"""
