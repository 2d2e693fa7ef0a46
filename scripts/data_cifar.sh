# shellcheck shell=bash disable=SC2154  # to, from, work, staged and fail are those of data.sh, which sources this file
# CIFAR-10 and CIFAR-100 for scripts/data.sh. They have no lines in data.sha256: their authors publish the MD5 of the whole
# archive and nothing about the single files. What is known beyond that is written here.

cifar_files() {
  case $1 in
    cifar10) echo data_batch_{1..5}.bin test_batch.bin batches.meta.txt ;;
    cifar100) echo train.bin test.bin fine_label_names.txt coarse_label_names.txt ;;
  esac
}
cifar_archive() { case $1 in cifar10) echo cifar-10-binary.tar.gz ;; cifar100) echo cifar-100-binary.tar.gz ;; esac; }
cifar_folder() { case $1 in cifar10) echo cifar-10-batches-bin ;; cifar100) echo cifar-100-binary ;; esac; }
# As https://www.cs.toronto.edu/~kriz/cifar.html says.
cifar_md5() { case $1 in cifar10) echo c32a1d4ab5d03f1284b67883e8d87530 ;; cifar100) echo 03b5dce01913d631647c71ecec9e9cb8 ;; esac; }
cifar_bytes() {
  case $1/$2 in
    cifar10/*.bin) echo 30730000 ;;
    cifar100/train.bin) echo 153700000 ;;
    cifar100/test.bin) echo 30740000 ;;
  esac
}

# The first 500 records of the official data_batch_1.bin, which were compared with lossless copies of the images.
cifar10_official_start=1c8527f19a4c18c0b5b661c5da56ceea6e8a807b24d149bcc056b013ea8de553
# The files made from the archives of JPEG copies, with libjpeg-turbo 2.1.5; and these archives.
cifar10_jpeg_sums() {
  cat << 'END'
8da035fc1631e8ce5f25904206b8993b0f3ad02a504c0584d662e806fd76c12b  data_batch_1.bin
106eeaad9f1fa7a999292fdafe68ee909080f58aee038a76994035aedf40ba26  data_batch_2.bin
99cb88ba00fca88bf28c517a74307b6b78a346c6ea747a561cb8e660c787d5cb  data_batch_3.bin
76b482bc3bb79c0370e48ea71bb6e4f567a3770d224dc09a9ddc8cfa2369f294  data_batch_4.bin
490f5ead4f04a3eb71d5898eb551e0d8d2c592feb778fb9b109a006b3f231495  data_batch_5.bin
0ce179d0c0a5220739d6223197952896644ceabb648dacfdebd7f06789af543f  test_batch.bin
END
}
cifar10_jpeg_archives() {
  cat << 'END'
13efa4e068f7ef7dc6a1adbe399260dd4366f317a053ee66e2402543e26ce501  cifar10_train_jpeg.tar.xz
1400d5d6e706c34c46ab4b0983348d46fc40f293a69664948de2542c40086a35  cifar10_test_jpeg.tar.xz
END
}
jpeg_note="The pixels went through JPEG and are NOT the official ones: do not quote results on them as CIFAR-10 results."

# unpack_cifar SET ARCHIVE STAGE: checks the archive, and takes our files out.
unpack_cifar() {
  local set=$1 archive=$2 stage=$3 got file
  got=$(md5sum < "$archive" | cut -d' ' -f1)
  [[ $got == "$(cifar_md5 "$set")" ]] ||
    fail "$set: want md5 $(cifar_md5 "$set"), got $got in $archive; nothing was replaced"
  tar -xzf "$archive" -C "$work" "$(cifar_folder "$set")"
  for file in $(cifar_files "$set"); do mv "$work/$(cifar_folder "$set")/$file" "$stage/"; done
  cifar_note="The authors' archive $(cifar_archive "$set") had the MD5 they publish."
}

# decode_cifar10 FOLDER STAGE: from the archives of JPEG copies.
decode_cifar10() {
  /usr/bin/python3 -c 'import PIL' 2> /dev/null || fail "cifar10: decoding the JPEG copies needs: apt-get install python3-pil"
  (cd "$1" && cifar10_jpeg_archives | sha256sum --check --quiet) >&2 ||
    fail "cifar10: $1: want archives of JPEG copies with the known checksums, got others; nothing was replaced"
  /usr/bin/python3 "$root/scripts/cifar_from_jpeg.py" "$1" "$2"
  [[ ! -f $1/batches.meta.txt ]] || install -m 644 "$1/batches.meta.txt" "$2/"
  cifar_note=$jpeg_note
}

# take_cifar_bins SET FOLDER STAGE: files that were unpacked before. Lengths are checked, and what else is known.
take_cifar_bins() {
  local set=$1 folder=$2 stage=$3 file want got
  for file in $(cifar_files "$set"); do
    want=$(cifar_bytes "$set" "$file")
    if [[ -z $want ]]; then  # names of the classes: the programs know them
      [[ ! -f $folder/$file ]] || install -m 644 "$folder/$file" "$stage/$file"
      continue
    fi
    [[ -f $folder/$file ]] || fail "$set: want $file in $folder beside the others, there is none"
    got=$(stat -L -c %s "$folder/$file")
    [[ $got == "$want" ]] || fail "$set: $folder/$file: want $want bytes, got $got; nothing was replaced"
    install -m 644 "$folder/$file" "$stage/$file"
  done
  cifar_note="Single files at hand; their lengths are right, but their authors publish no checksums of single files."
  [[ $set == cifar10 ]] || return 0
  if [[ $(head -c 1536500 "$stage/data_batch_1.bin" | sha256sum | cut -d' ' -f1) == "$cifar10_official_start" ]]; then
    cifar_note+=" The first 500 images were compared: they are the official ones."
  elif (cd "$stage" && cifar10_jpeg_sums | sha256sum --check --quiet) > /dev/null 2>&1; then
    cifar_note=$jpeg_note
  else
    fail "cifar10: $folder: want the official files (or the known JPEG copies), got other pixels in data_batch_1.bin;" \
         "nothing was replaced"
  fi
}

# fetch_cifar SET STAGE: from --from, or from the authors.
fetch_cifar() {
  local set=$1 stage=$2 archive folder first
  archive=$(cifar_archive "$set")
  read -r first _ <<< "$(cifar_files "$set")"
  if [[ -z $from ]]; then
    echo "data: downloading https://www.cs.toronto.edu/~kriz/$archive" >&2
    curl -fsSL --proto =https --connect-timeout 20 --retry 2 -o "$work/$archive" "https://www.cs.toronto.edu/~kriz/$archive" ||
      fail "$set: the download failed; put $archive into a folder and run scripts/data.sh $set --from FOLDER"
    unpack_cifar "$set" "$work/$archive" "$stage"
    return
  fi
  for folder in "$from" "$from/$set" "$from/$(cifar_folder "$set")" "$from/$set/$(cifar_folder "$set")"; do
    if [[ -f $folder/$archive ]]; then unpack_cifar "$set" "$folder/$archive" "$stage"; return; fi
    if [[ -f $folder/$first ]]; then take_cifar_bins "$set" "$folder" "$stage"; return; fi
    if [[ $set == cifar10 && -f $folder/cifar10_train_jpeg.tar.xz ]]; then decode_cifar10 "$folder" "$stage"; return; fi
  done
  fail "$set: want $archive or $first and the other files of $(cifar_folder "$set") in $from or $from/$set"
}

get_cifar() {
  local set=$1 stage complete=no cifar_note=
  say_note() { sed -n 's/^Note: *//p' "$to/$set/SOURCE.txt"; }
  if (cd "$to/$set" && sha256sum --check --quiet SHA256SUMS) > /dev/null 2>&1 && [[ -f $to/$set/SOURCE.txt ]]; then complete=yes; fi
  if [[ $complete == yes && -z $from ]]; then
    echo "$set: $to/$set has everything"
    say_note
    return
  fi
  { mkdir -p "$to" && stage=$(mktemp -d "$to/.$set.XXXXXX"); } 2> /dev/null ||
    fail "$to: cannot be written; choose another folder with --to DIR"
  staged+=("$stage")
  fetch_cifar "$set" "$stage"
  (cd "$stage" && sha256sum -- * > "$work/$set.sums")
  if [[ $complete == yes ]] && (cd "$to/$set" && sha256sum --check --quiet "$work/$set.sums") > /dev/null 2>&1; then
    echo "$set: $to/$set has the very same files as $from"
    say_note
    return
  fi
  mv "$work/$set.sums" "$stage/SHA256SUMS"
  catalogue | awk -F'|' -v set="$set" -v note="$cifar_note" \
    '$1 == set { print "Origin:  " $3 "\nLicence: " $4 "\nNote:    " note }' > "$stage/SOURCE.txt"
  mkdir -p "$to/$set"
  mv -f "$stage"/* "$to/$set/"
  echo "$set: $to/$set is complete"
  echo "$cifar_note"
}
