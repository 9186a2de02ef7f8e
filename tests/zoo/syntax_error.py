# broken: SyntaxError: invalid syntax
def broken(:
    pass
