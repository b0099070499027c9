//go:build !linux

package site

import "os"

// durable makes a file durable.
func durable(f *os.File) error { return f.Sync() }

// settle makes folders durable.
func settle(_ string, dirs map[string]bool) error {
	for dir := range dirs {
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}
