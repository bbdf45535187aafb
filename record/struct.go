package record

import (
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// SchemaOf derives a schema from the struct T: one field for each struct field with a tag
//
//	crm:"name,type=phone,shape=list,max=50,count=3,readonly,nomatch,nameof=account,label=Work phones"
//
// of which only the name must be there. The parts are those of [Field]: type (text, name, email, phone, date, time,
// url, bool, reference), shape (list, set), max length and count; label comes last and may hold commas. Struct fields
// are strings, bools, integers (as text), [time.Time] (type time, or date) and []string (shape list by default), or
// pointers to these; types made from them will do. So do [database/sql.Null] of these, NullString, NullTime and the
// like, and whatever else has their shape: a struct of an exported value and "Valid bool". They go by their shape, as
// this package leaves database/sql to those who have a database; it takes a driver's own, such as pgtype.Text, too.
// Struct fields without the tag, or with "-", are left out; embedded structs are looked into. The error names the struct
// field and the tag.
func SchemaOf[T any](kind Kind) (*Schema, error) {
	plan, err := planOf(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	fields := make([]Field, len(plan))
	for i, sf := range plan {
		fields[i] = sf.field
	}
	return NewSchema(kind, fields...)
}

// MustSchemaOf is [SchemaOf] for a package variable: it panics where the tags are wrong, which any test finds.
func MustSchemaOf[T any](kind Kind) *Schema {
	s, err := SchemaOf[T](kind)
	if err != nil {
		panic(err)
	}
	return s
}

// Encode gives the values of v under s, which is mostly SchemaOf[T]: every tagged struct field becomes known, but nil
// pointers stay not known. The empty string, the empty slice, the zero time and a Null that is not valid clear; zero
// and false are values. A date is the one its time shows in its own zone. The error wraps [ErrUnknownField] where s lacks a field of T.
func Encode[T any](s *Schema, v T) (Fields, error) {
	plan, err := planOf(reflect.TypeFor[T]())
	if err != nil {
		return Fields{}, err
	}
	from := reflect.ValueOf(&v).Elem()
	b := s.Build()
	for _, sf := range plan {
		at := from.FieldByIndex(sf.index)
		if sf.pointer {
			if at.IsNil() {
				continue
			}
			at = at.Elem()
		}
		var v Value
		if !sf.null {
			v = encodeGo(at, sf.field.Type)
		} else if at.Field(1).Bool() {
			v = encodeGo(at.Field(0), sf.field.Type)
		}
		b.Set(sf.field.Name, v...)
		if err := b.Err(); err != nil {
			return Fields{}, fmt.Errorf("%w, wanted by %s", err, sf.goName)
		}
	}
	return b.Fields(), nil
}

func encodeGo(v reflect.Value, t Type) Value {
	switch {
	case v.Type() == timeType:
		at := v.Interface().(time.Time)
		switch {
		case at.IsZero():
			return nil
		case t == Date:
			return Value{at.Format(time.DateOnly)}
		}
		return Value{at.Format(time.RFC3339Nano)}
	case v.Kind() == reflect.Bool:
		return Value{strconv.FormatBool(v.Bool())}
	case v.Kind() == reflect.Slice:
		out := make(Value, v.Len())
		for i := range out {
			out[i] = v.Index(i).String()
		}
		return out
	case v.CanInt():
		return Value{strconv.FormatInt(v.Int(), 10)}
	case v.CanUint():
		return Value{strconv.FormatUint(v.Uint(), 10)}
	}
	return Value{v.String()}
}

// Decode writes the known fields into the struct; those not known leave it as it is, so that a partial write can be
// decoded over a record. A cleared field becomes the zero value, behind a new pointer where the struct field is one; of a Null
// that is one that is not valid. A date becomes midnight UTC. On an error nothing is written: a field that T has no place for ([ErrUnknownField]), or a
// value that does not fit the Go type ([*ValueError]).
func Decode[T any](f Fields, into *T) error {
	plan, err := planOf(reflect.TypeFor[T]())
	if err != nil {
		return err
	}
	byName := make(map[string]structField, len(plan))
	for _, sf := range plan {
		byName[sf.field.Name] = sf
	}
	out := *into
	target := reflect.ValueOf(&out).Elem()
	for name, v := range f.All() {
		sf, ok := byName[name]
		if !ok {
			return fmt.Errorf("record: %v has no place for: %w: %q", target.Type(), ErrUnknownField, name)
		}
		at := target.FieldByIndex(sf.index)
		if sf.pointer {
			at.Set(reflect.New(at.Type().Elem()))
			at = at.Elem()
		}
		if sf.null {
			at.Field(1).SetBool(!v.IsEmpty())
			at = at.Field(0)
		}
		if err := decodeGo(at, sf.field, v); err != nil {
			return fmt.Errorf("record: %s: %w", sf.goName, err)
		}
	}
	*into = out
	return nil
}

func decodeGo(at reflect.Value, f Field, v Value) error {
	if at.Kind() == reflect.Slice {
		at.SetZero()
		for _, s := range v {
			at.Set(reflect.Append(at, reflect.ValueOf(s).Convert(at.Type().Elem())))
		}
		return nil
	}
	if len(v) > 1 {
		return &ValueError{Field: f.Name, Reason: TooMany, Got: len(v), Limit: 1}
	}
	s := v.Text()
	if s == "" || at.Kind() == reflect.String {
		at.SetZero()
		if s != "" {
			at.SetString(s)
		}
		return nil
	}
	switch {
	case at.Type() == timeType:
		form, fault := time.RFC3339, BadTime
		if f.Type == Date {
			form, fault = time.DateOnly, BadDate
		}
		t, err := time.Parse(form, s)
		if err != nil {
			return &ValueError{Field: f.Name, Reason: fault}
		}
		at.Set(reflect.ValueOf(t))
	case at.Kind() == reflect.Bool:
		if s != "true" && s != "false" {
			return &ValueError{Field: f.Name, Reason: BadBool}
		}
		at.SetBool(s == "true")
	case at.CanInt():
		n, err := strconv.ParseInt(s, 10, at.Type().Bits())
		if err != nil {
			return &ValueError{Field: f.Name, Reason: BadNumber}
		}
		at.SetInt(n)
	case at.CanUint():
		n, err := strconv.ParseUint(s, 10, at.Type().Bits())
		if err != nil {
			return &ValueError{Field: f.Name, Reason: BadNumber}
		}
		at.SetUint(n)
	}
	return nil
}
