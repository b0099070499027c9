package warehouse

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// readCurrent returns the name of the published generation.
func (w *Warehouse) readCurrent() (string, error) {
	path := filepath.Join(w.dir, currentFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		_, statErr := os.Stat(w.dir)
		return "", &NoGenerationError{Dir: w.dir, Missing: errors.Is(statErr, fs.ErrNotExist)}
	}
	if err != nil {
		return "", explain("read "+path, err)
	}
	name := strings.TrimSpace(string(text))
	if _, _, ok := splitName(name); !ok || !strings.HasSuffix(name, published) {
		shown := name
		if len(shown) > 60 {
			shown = shown[:60] + "…"
		}
		return "", w.damaged(path, fmt.Sprintf("holds %q, which is not the name of a generation", shown), "", nil)
	}
	return name, nil
}

// nextSequence returns a number above every one ever seen, and notes it in SEQ
// before it is used.
func (w *Warehouse) nextSequence() (int, error) {
	last := 0
	if text, err := os.ReadFile(filepath.Join(w.dir, sequenceFile)); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			last = n
		}
	}
	if text, err := os.ReadFile(filepath.Join(w.dir, currentFile)); err == nil {
		if n, _, ok := splitName(strings.TrimSpace(string(text))); ok {
			last = max(last, n)
		}
	}
	names, err := w.list("")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		n, _, _ := splitName(name)
		last = max(last, n)
	}
	last++
	return last, w.replace(sequenceFile, strconv.Itoa(last)+"\n")
}

// replace writes a small file of the warehouse folder so that a crash leaves
// either the old text or the new one.
func (w *Warehouse) replace(name, text string) error {
	path := filepath.Join(w.dir, name)
	if err := writeSynced(path+".tmp", text); err != nil {
		os.Remove(path + ".tmp")
		return explain("write "+path, err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		os.Remove(path + ".tmp")
		return explain("write "+path, err)
	}
	return explain("write "+path, syncPath(w.dir))
}

func writeSynced(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncPath makes a file, or the entries of a folder, survive a power loss.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
