// Package catalog holds the shipped cubes as YAML, loads the user's own beside
// them, and writes the definitions page.
package catalog

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"verso/olap/cube"
)

//go:embed *.yaml
var shipped embed.FS

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema of catalog files, for editors.
func Schema() []byte { return bytes.Clone(schema) }

// shippedFiles is the order in which cubes are listed.
var shippedFiles = []string{"dimensions.yaml", "versions.yaml", "sales.yaml", "returns.yaml", "flow.yaml", "purchases.yaml", "stock.yaml", "listings.yaml",
	"money.yaml", "receivables.yaml", "payables.yaml", "trade.yaml",
	"relations.yaml", "campaigns.yaml", "contacts.yaml", "pipeline.yaml", "service.yaml", "customer_month.yaml", "value.yaml", "profiling.yaml",
	"performance.yaml", "products.yaml", "prospecting.yaml", "promotion.yaml", "churn.yaml", "sevenp.yaml", "taste.yaml", "recommendation.yaml", "rollups.yaml"}

// Load reads the shipped cubes and, beside them, every .yaml and .yml file of
// a folder, in the order of their names; "" is no folder. A folder that is
// named must exist.
func Load(dir string) (*cube.Model, error) {
	files, err := list(dir)
	if err != nil {
		return nil, err
	}
	model, err := cube.Load(files)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return model, nil
}

// LoadHeld is Load of what can be asked of a database that does not hold every
// table and column.
func LoadHeld(dir string, held cube.Held) (*cube.Model, error) {
	files, err := list(dir)
	if err != nil {
		return nil, err
	}
	model, err := cube.LoadHeld(files, held)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return model, nil
}

// list is the shipped files and those of a folder.
func list(dir string) ([]cube.File, error) {
	var files []cube.File
	for _, name := range shippedFiles {
		data, err := shipped.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, cube.File{Name: "catalog/" + name, Data: data})
	}
	if dir != "" {
		own, err := read(os.DirFS(dir), dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("catalog: no folder %s; create it or take it out of the configuration", dir)
		}
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		files = append(files, own...)
	}
	return files, nil
}

// read reads the YAML files of a folder, in the order of their names.
func read(in fs.FS, dir string) ([]cube.File, error) {
	entries, err := fs.ReadDir(in, ".")
	if err != nil {
		return nil, err
	}
	var files []cube.File
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
			continue
		}
		data, err := fs.ReadFile(in, name)
		if err != nil {
			return nil, err
		}
		files = append(files, cube.File{Name: filepath.Join(dir, name), Data: data})
	}
	return files, nil
}
