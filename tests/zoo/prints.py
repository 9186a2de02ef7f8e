# loaded: printed 'hello from a plugin'
print("hello from a plugin")
