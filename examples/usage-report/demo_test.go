package main

// demoAccounts are the accounts of each server of the demo.
var demoAccounts = map[string]int{"web1": 8, "web2": 6, "machines": 3, "services": 4, "licenses": 2}

const demoLine = "23 accounts on 5 servers, 5 over a limit"
