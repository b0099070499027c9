//go:build !linux

package site

// exchange swaps two folders.
func exchange(a, b string) error { return exchangeByRename(a, b) }
