// Reads reports as Go does: with protojson, strictly, into messages of the published descriptors, and from protobuf's bytes.
//
// Each line of the standard input is a JSON object: the text of a report, and the bytes that somebody else has made of it, if there
// are any. Each line of the answer tells what became of them. What is expected is known to protojson.py, which runs this.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// What is asked.
type row struct {
	Text string `json:"text"`
	// Hexadecimal digits.
	Bytes string `json:"bytes"`
}

// What is answered.
type answer struct {
	// Why the text is refused.
	Refused string `json:"refused,omitempty"`
	// The report as protojson writes it, after it was bytes.
	Again json.RawMessage `json:"again,omitempty"`
	// The bytes that it was.
	Bytes string `json:"bytes,omitempty"`
	// The report of the bytes that somebody else has made, as protojson writes it.
	Foreign json.RawMessage `json:"foreign,omitempty"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(descriptors, name string) error {
	report, err := message(descriptors, name)
	if err != nil {
		return err
	}
	answers := json.NewEncoder(os.Stdout)
	// The first line says which version this is.
	if err := answers.Encode(version()); err != nil {
		return err
	}
	rows := json.NewDecoder(bufio.NewReader(os.Stdin))
	for rows.More() {
		var asked row
		if err := rows.Decode(&asked); err != nil {
			return err
		}
		said, err := ask(report, asked)
		if err != nil {
			return err
		}
		if err := answers.Encode(said); err != nil {
			return err
		}
	}
	return nil
}

// The message of that name.
func message(descriptors, name string) (protoreflect.MessageType, error) {
	bytes, err := os.ReadFile(descriptors)
	if err != nil {
		return nil, err
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(bytes, &set); err != nil {
		return nil, err
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, err
	}
	found, err := files.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, err
	}
	descriptor, is := found.(protoreflect.MessageDescriptor)
	if !is {
		return nil, fmt.Errorf("%s is no message", name)
	}
	return dynamicpb.NewMessageType(descriptor), nil
}

func ask(report protoreflect.MessageType, asked row) (answer, error) {
	var said answer
	if asked.Bytes != "" {
		bytes, err := hex.DecodeString(asked.Bytes)
		if err != nil {
			return said, err
		}
		if said.Foreign, err = read(report, bytes); err != nil {
			return said, err
		}
	}
	// Without DiscardUnknown: what is not a field is refused.
	first := report.New().Interface()
	if err := protojson.Unmarshal([]byte(asked.Text), first); err != nil {
		said.Refused = err.Error()
		return said, nil
	}
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(first)
	if err != nil {
		return said, err
	}
	said.Bytes = hex.EncodeToString(bytes)
	said.Again, err = read(report, bytes)
	return said, err
}

// Reads bytes, and writes them as JSON with the names of the standard.
func read(report protoreflect.MessageType, bytes []byte) (json.RawMessage, error) {
	message := report.New().Interface()
	if err := proto.Unmarshal(bytes, message); err != nil {
		return nil, err
	}
	return protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "google.golang.org/protobuf" {
			return module.Version
		}
	}
	return "unknown"
}
