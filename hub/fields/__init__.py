"""Single fields, one module a kind, each with the same verbs.

    compact(text)   the text without what people put in for reading (spaces, hyphens, small letters)
    validate(text)  the compact form; raises FieldProblem saying why the text is not of this kind
    is_valid(text)  whether `validate` would return
    format(text)    the form that people read

A reason never repeats the text: it may be personal data.
"""
