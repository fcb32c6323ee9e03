"""desk ticket …"""
