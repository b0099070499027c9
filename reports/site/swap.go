package site

import (
	"errors"
	"os"
)

// exchangeByRename swaps two folders in three steps where the file system has no
// single one; when the second fails, the first is undone.
func exchangeByRename(a, b string) error {
	aside := b + ".verso-aside"
	if err := os.Rename(b, aside); err != nil {
		return err
	}
	if err := os.Rename(a, b); err != nil {
		return errors.Join(err, os.Rename(aside, b))
	}
	return os.Rename(aside, a)
}
