print("highwater")
