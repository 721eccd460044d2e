"""What tests and the demo need to pretend a partner; plug-in authors may use it too."""
