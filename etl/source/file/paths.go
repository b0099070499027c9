package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// extensions are the endings that make a file of a folder part of the extract.
var extensions = []string{".csv", ".tsv", ".tab", ".txt", ".dat", ".parquet", ".pq", ".jsonl", ".ndjson", ".json", ".xlsx", ".xlsm", ".zip"}

// expand lists the files of a path: itself, those of a folder, or those a glob
// matches, sorted by name.
func expand(path string) ([]string, error) {
	if path == "" {
		return nil, errors.New("no path is given: set path to a file, a folder or a glob")
	}
	if info, err := os.Stat(path); err == nil {
		if !info.IsDir() {
			return []string{path}, nil
		}
		return folder(path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if strings.ContainsAny(path, "*?[") {
		found, err := filepath.Glob(path)
		if err != nil {
			return nil, errors.New("the pattern " + path + " is malformed: a [ needs its ]")
		}
		found = slices.DeleteFunc(found, func(p string) bool {
			info, err := os.Stat(p)
			return err != nil || info.IsDir() || strings.HasSuffix(p, ".tmp")
		})
		if len(found) == 0 {
			return nil, errors.New("no file matches " + path)
		}
		slices.Sort(found)
		return found, nil
	}
	return nil, missing(path)
}

func folder(path string) ([]string, error) {
	entries, err := os.ReadDir(path) // sorted by name
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || e.IsDir() || !slices.Contains(extensions, extension(name)) {
			continue
		}
		found = append(found, filepath.Join(path, name))
	}
	if len(found) == 0 {
		return nil, errors.New("the folder " + path + " holds no data file (" + strings.Join(extensions, " ") + ", also with .gz or .zst)")
	}
	return found, nil
}

// extension is the lower-case ending of a name without its compression.
func extension(name string) string {
	name = strings.ToLower(name)
	for _, c := range []string{".gz", ".zst", ".zstd", ".zip"} {
		if inner := strings.TrimSuffix(name, c); filepath.Ext(inner) != "" || c != ".zip" {
			name = inner
		}
	}
	return filepath.Ext(name)
}

// missing says that a path does not exist and what stands in its folder instead.
func missing(path string) error {
	text := "there is no file " + path
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return errors.New(text + " (nor a folder " + filepath.Dir(path) + ")")
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return errors.New(text + "; its folder is empty")
	}
	if len(names) > 10 {
		names = append(names[:10], "…")
	}
	return errors.New(text + "; its folder holds " + strings.Join(names, ", "))
}
