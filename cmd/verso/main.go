// Command verso is the analytical CRM and BI engine.
package main

func main() {}
