package compile

import (
	"strconv"

	"verso/olap/cube"
)

// Members by their keys, as the rows and columns of an answer carry them: the
// one way to mean exactly one member, also where several look the same or are
// shown in another language.

// keyType is the type of what tells the members of an attribute apart.
func (f *field) keyType() string {
	switch {
	case f.attr.Key == "":
		return f.attr.Type
	case f.byKey():
		return "integer"
	}
	return "text"
}

// parseKey reads the text of a key.
func (f *field) parseKey(part, text string) (any, error) {
	v, err := parseTyped(f.keyType(), text)
	if err != nil {
		known := ""
		if f.byKey() {
			known = "; keys are those of the answer's rows and columns, not the names shown"
		}
		return nil, refuse(part, text, "%s: key %s is not %s%s", f.name, strconv.Quote(text), err, known)
	}
	return v, nil
}

// writeKeys adds the condition that a member has one of the keys.
func (c *condition) writeKeys(s *sqlText) {
	f := c.field
	key := f.raw(f.attr.Column)
	if f.attr.Key != "" {
		key = f.raw(f.attr.Key)
	}
	s.add("COALESCE(")
	or := ""
	if len(c.values) > 0 {
		s.add(key+" IN ("+marks(len(c.values))+")", c.values...)
		or = " OR "
	}
	text := f.keyType() == "text"
	if c.none {
		s.add(or + key + " IS NULL")
		or = " OR "
		if text {
			s.add(or + key + " = " + noneLiteral)
		}
	}
	if c.unknown && text {
		s.add(or + key + " = " + unknownLiteral)
		or = " OR "
	}
	if or == "" {
		s.add("FALSE")
	}
	s.add(", FALSE)")
}

// isMember adds the condition that a row of a stage belongs to the member of a
// key; alias stands before the columns.
func (f *field) isMember(s *sqlText, alias, part, key, lang string) error {
	group := f.groups(lang)[0]
	column := alias + "." + quote(group.name)
	if len(f.groups(lang)) > 1 { // a type other than text: the second column tells (none) from (unknown)
		known := alias + "." + quote(f.groups(lang)[1].name)
		switch key {
		case cube.Unknown:
			s.add(known + " IS NULL")
			return nil
		case cube.None:
			s.add(known + " IS NOT NULL AND " + column + " IS NULL")
			return nil
		}
	} else if key == cube.Unknown {
		s.add(column + " IS NULL")
		return nil
	} else if key == cube.None && f.keyType() == "text" {
		s.add(column + " = " + noneLiteral)
		return nil
	}
	v, err := f.parseKey(part, key)
	if err != nil {
		return err
	}
	s.add(column+" = ?", v)
	return nil
}
