// Package backup copies the files of a warehouse into a folder or one archive,
// and puts them back, with a checksum for every file and, when asked, encrypted
// with age (filippo.io/age).
//
// An archive is a plain tar whose last entry is MANIFEST.json, so that an archive
// cut short has none and is refused; encrypted, the whole stream is one age
// file. A folder holds the same files, each an age file of its own when
// encrypted, and the manifest, written last.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// ManifestName is the file that lists all others; it is written last.
const ManifestName = "MANIFEST.json"

// format is the version of the layout described above.
const format = 1

// Item is one file to back up.
type Item struct {
	Name string // inside the backup, with slashes
	Path string // on disk
}

// Manifest says what a backup holds.
type Manifest struct {
	Format     int    `json:"format"`
	Verso      string `json:"verso"`
	Created    string `json:"created"` // RFC 3339
	Generation string `json:"generation"`
	Files      []File `json:"files"` // in the order they were written
}

// File is one file of a backup.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // of the file's own bytes, before encryption
}

// Bytes is the size of all files.
func (m Manifest) Bytes() int64 {
	var n int64
	for _, f := range m.Files {
		n += f.Bytes
	}
	return n
}

// DamagedError is a backup that cannot be trusted.
type DamagedError struct {
	Path  string // of the backup
	What  string
	Cause error
}

// Error says which backup and what is wrong with it.
func (e *DamagedError) Error() string {
	s := "backup " + e.Path + ": " + e.What
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Cause }

// store is where the files of a backup go, one after the other.
type store interface {
	// add begins the next file; what is written to the writer is its content.
	add(name string, size int64) (io.WriteCloser, error)
	// close ends the backup and forces it to disk.
	close() error
	// discard removes an unfinished backup.
	discard()
}

// Write backs the items up to target: a path ending in .tar or .tar.age is an
// archive, any other a folder, which must not exist. recipients, when given,
// encrypt. The manifest's Files are filled in; a failed Write leaves nothing at
// target.
func Write(ctx context.Context, items []Item, target string, m Manifest, recipients []age.Recipient) (Manifest, error) {
	if _, err := os.Lstat(target); err == nil {
		return m, fmt.Errorf("backup: %s exists already: name another, or remove it first", target)
	}
	s, err := newStore(target, recipients)
	if err != nil {
		return m, err
	}
	m.Format, m.Files = format, make([]File, 0, len(items))
	err = writeAll(ctx, s, items, &m)
	if err == nil {
		err = s.close()
	}
	if err != nil {
		s.discard()
		return m, fmt.Errorf("backup: %w", err)
	}
	return m, nil
}

func newStore(target string, recipients []age.Recipient) (store, error) {
	if !IsArchive(target) {
		return newFolder(target, recipients)
	}
	if encrypted := strings.HasSuffix(target, ".age"); encrypted != (len(recipients) > 0) {
		if encrypted {
			return nil, fmt.Errorf("backup: %s is named as encrypted, but no key was given", target)
		}
		return nil, fmt.Errorf("backup: an encrypted archive is named .tar.age, not %s", filepath.Base(target))
	}
	return newArchive(target, recipients)
}

// IsArchive reports whether a path names an archive rather than a folder.
func IsArchive(target string) bool {
	return strings.HasSuffix(target, ".tar") || strings.HasSuffix(target, ".tar.age")
}

func writeAll(ctx context.Context, s store, items []Item, m *Manifest) error {
	for _, item := range items {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := safeName(item.Name); err != nil {
			return err
		}
		f, err := writeItem(s, item)
		if err != nil {
			return fmt.Errorf("%s: %w", item.Path, err)
		}
		m.Files = append(m.Files, f)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	w, err := s.add(ManifestName, int64(len(text)+1))
	if err != nil {
		return err
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}

// writeItem copies one file as long as it was when opened: logs may grow
// meanwhile.
func writeItem(s store, item Item) (File, error) {
	in, err := os.Open(item.Path)
	if err != nil {
		return File{}, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return File{}, err
	}
	out, err := s.add(item.Name, info.Size())
	if err != nil {
		return File{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), io.LimitReader(in, info.Size()))
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err == nil && n != info.Size() {
		err = fmt.Errorf("the file became shorter while it was read: %d of %d bytes", n, info.Size())
	}
	return File{Name: item.Name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// safeName refuses names that would leave the folder they are restored to.
func safeName(name string) error {
	if name == "" || path.IsAbs(name) || path.Clean(name) != name || name == ".." || strings.HasPrefix(name, "../") || strings.ContainsAny(name, "\\\x00") {
		return fmt.Errorf("%q is not a name for a file inside a backup", name)
	}
	return nil
}
