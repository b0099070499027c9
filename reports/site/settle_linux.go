package site

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// durable leaves the file to settle: one call for a whole site, where one for each
// file would take longer than writing them.
func durable(*os.File) error { return nil }

// settle makes the files of a folder durable.
func settle(dir string, _ map[string]bool) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(os.NewSyscallError("syncfs", unix.Syncfs(int(d.Fd()))), d.Close())
}
