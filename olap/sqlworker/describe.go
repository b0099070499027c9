package sqlworker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// Parameter is a parameter of a statement.
type Parameter struct {
	Name string `json:"name"` // 1, 2 … or as in $name
	Kind Kind   `json:"kind"`
}

// Kind is what a parameter takes.
type Kind = duck.Kind

// The kinds of parameters; one that could be anything is a text.
const (
	KindInteger   = duck.KindInteger
	KindNumber    = duck.KindNumber
	KindBoolean   = duck.KindBoolean
	KindDate      = duck.KindDate
	KindTimestamp = duck.KindTimestamp
	KindText      = duck.KindText
)

// parametersKey names the parameters in the metadata of a described schema.
const parametersKey = "verso.parameters"

// ParametersOf reads the parameters of a statement out of the schema that a
// request with Describe gave.
func ParametersOf(s *arrow.Schema) ([]Parameter, error) {
	metadata := s.Metadata()
	text, ok := metadata.GetValue(parametersKey)
	if !ok {
		return nil, fmt.Errorf("sqlworker: the schema does not tell of parameters")
	}
	var list []Parameter
	err := json.Unmarshal([]byte(text), &list)
	return list, err
}

// describe sends the schema of the result, and no rows. Parameters are taken as
// null, so that a column that is nothing but a parameter has no type of its own.
func describe(ctx context.Context, db *duck.DB, r Request, text string, shape *duck.Shape, out io.Writer) error {
	nulls := make([]any, len(shape.Parameters))
	parameters := make([]Parameter, len(shape.Parameters))
	for i, name := range shape.Parameters {
		parameters[i] = Parameter{name, shape.Kinds[i]}
	}
	none := fmt.Sprintf("SELECT * FROM (%s\n) LIMIT 0", text)
	if wrapped, err := db.Gate(ctx, none); err != nil || !slices.Equal(wrapped.Columns, shape.Columns) {
		none = text
	}
	reader, err := db.Query(ctx, engine.SQL(none, nulls...))
	if err != nil {
		return err
	}
	defer reader.Release()
	told, err := json.Marshal(parameters)
	if err != nil {
		return err
	}
	metadata := arrow.MetadataFrom(map[string]string{parametersKey: string(told)})
	schema := arrow.NewSchema(named(reader.Schema(), shape.Columns, false).Fields(), &metadata)
	return ipc.NewWriter(&frameWriter{w: out, left: r.MaxBytes, limit: r.MaxBytes}, ipc.WithSchema(schema)).Close()
}
