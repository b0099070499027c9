package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"verso/reports/html"
)

// folder is a site's folder while it is filled. Files go to the disk as they are
// made, so that a site of any size takes no more memory than the pages in the
// making. Its manifest names every file before it is there, so that a folder left
// by a crash is known as verso's.
type folder struct {
	dir string

	mu    sync.Mutex
	lines *os.File          // the manifest, in the order of writing
	sums  map[string]string // path to checksum
	dirs  map[string]bool   // that there are
	bytes int64
}

func create(dir string) (*folder, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	lines, err := os.OpenFile(filepath.Join(dir, manifest), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, errors.Join(err, os.Remove(dir))
	}
	return &folder{dir: dir, lines: lines, sums: map[string]string{}, dirs: map[string]bool{dir: true}}, nil
}

// add writes a file; it is safe for concurrent use.
func (d *folder) add(f html.File) error {
	sum := sha256.Sum256(f.Data)
	name := filepath.Join(d.dir, filepath.FromSlash(f.Path))
	if err := d.note(f, hex.EncodeToString(sum[:]), filepath.Dir(name)); err != nil {
		return err
	}
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = to.Write(f.Data)
	return errors.Join(err, durable(to), to.Close())
}

// note lists a file and makes its folder.
func (d *folder) note(f html.File, sum, dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sums[f.Path] != "" {
		return fmt.Errorf("two files want the name %s", f.Path)
	}
	d.sums[f.Path] = sum
	d.bytes += int64(len(f.Data))
	if _, err := fmt.Fprintf(d.lines, "%s  %s\n", sum, f.Path); err != nil {
		return err
	}
	if d.dirs[dir] {
		return nil
	}
	d.dirs[dir] = true
	return os.MkdirAll(dir, 0o755)
}

// finish orders the manifest and makes everything durable.
func (d *folder) finish() error {
	names := make([]string, 0, len(d.sums))
	for name := range d.sums {
		names = append(names, name)
	}
	slices.Sort(names)
	var list bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&list, "%s  %s\n", d.sums[name], name)
	}
	next := filepath.Join(d.dir, manifestNext)
	if err := errors.Join(d.close(), os.WriteFile(next, list.Bytes(), 0o644), os.Rename(next, filepath.Join(d.dir, manifest))); err != nil {
		return err
	}
	return settle(d.dir, d.dirs)
}

func (d *folder) close() error {
	lines := d.lines
	d.lines = nil
	if lines == nil {
		return nil
	}
	return lines.Close()
}
