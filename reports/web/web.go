// Package web holds the browser's side of the report: its palette, and the
// scripts and styles that npm builds into dist.
package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed palette.json
var paletteJSON []byte

//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that dist holds no assets.
var ErrNotBuilt = errors.New("reports/web is not built: run `make`, or `npm ci && npm run build` in reports/web, and build the binary again")

// Assets are the built files.
type Assets struct {
	Charts []byte // charts.js: the chart library
	App    []byte // app.js
	Style  []byte // app.css
}

// Load returns the built assets, or ErrNotBuilt where npm has not been run.
func Load() (Assets, error) {
	var a Assets
	for name, into := range map[string]*[]byte{"charts.js": &a.Charts, "app.js": &a.App, "app.css": &a.Style} {
		data, err := File(name)
		if err != nil {
			return Assets{}, err
		}
		*into = data
	}
	return a, nil
}

// File returns one built file by its name in dist, such as explore.js, or
// ErrNotBuilt where npm has not been run.
func File(name string) ([]byte, error) {
	data, err := dist.ReadFile("dist/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("web: %s: %w", name, err)
	}
	return data, nil
}

// Palette is the colours by name in both themes.
type Palette struct {
	Light map[string]string `json:"light"`
	Dark  map[string]string `json:"dark"`
}

// LoadPalette returns the palette; it is part of the source and always there.
func LoadPalette() (Palette, error) {
	var p Palette
	if err := json.Unmarshal(paletteJSON, &p); err != nil {
		return Palette{}, fmt.Errorf("web: palette.json: %w", err)
	}
	return p, nil
}

// Check tells whether the assets are built; the error says what to run.
func Check() error {
	_, err := Load()
	return err
}
