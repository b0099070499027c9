package workbook

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
)

// sorted writes the parts of a workbook in the order of their names, as they
// are packed: the library puts them down in no order of its own.
func sorted(w io.Writer, packed []byte) error {
	in, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, f := range in.File {
		part, err := out.CreateRaw(&f.FileHeader)
		if err != nil {
			return err
		}
		raw, err := f.OpenRaw()
		if err != nil {
			return fmt.Errorf("xlsx: %w", err)
		}
		if _, err := io.Copy(part, raw); err != nil {
			return err
		}
	}
	return out.Close()
}
